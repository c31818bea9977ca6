"""What a finding is, and the rules that findings break."""

from twimlc.findings.diagnostic import Diagnostic, Edit, Fix, Label, Rule, Severity

__all__ = ["Diagnostic", "Edit", "Fix", "Label", "Rule", "Severity"]
