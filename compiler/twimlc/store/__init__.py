"""The folder ``.twimlc/`` beside a project file: what earlier runs found out, for later ones."""
