"""What Twilio's Regions outside us1 lack. Nothing comes in; a table goes out.

Each row is a thing in a flow (the name of an element, or ELEMENT.attribute) and the error that
it causes there, where Twilio has one (docs/global-infrastructure/
regional-product-and-feature-availability, docs/api/errors). The pages differ about what is in
private beta; that is listed too.
"""

from types import MappingProxyType

REGIONS = ("us1", "ie1", "au1")
"""The Regions that calls can be processed in; us1 unless the account says otherwise."""

ONLY_IN_US1 = MappingProxyType(
    {
        "Sim": (13258,),
        "Sms": (13803,),
        "Message": (13803,),
        "Queue.reservationSid": (14219,),
        "Enqueue.workflowSid": (14226,),
        "WhatsApp": (37001,),
        "Room": (),
        "VirtualAgent": (),
    }
)
