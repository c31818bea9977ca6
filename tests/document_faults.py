"""Kinds of faults that documents of other people have: a rule, our own document, one of theirs.

The last names a document of the collection that the tests of TWIMLC_SHARED read; it is empty
where none of them has this fault.
"""

CLASSES = [
    (
        "action-defaults-to-self",
        '<Gather numDigits="1"><Say>Press 1.</Say></Gather><Hangup/>',
        "twiml/146",
    ),
    (
        "action-defaults-to-self",
        '<Say>Your name, please.</Say><Record maxLength="9"/>',
        "twiml/096",
    ),
    ("dead-end", '<Gather action="/a" numDigits="1"><Say>Press 1.</Say></Gather>', "twiml/161"),
    ("attributes-as-text", '<Record action="/a"> timeout="10" </Record><Hangup/>', ""),
    ("attributes-as-text", '<Record action="/a"> timeout=”10” </Record><Hangup/>', ""),
    ("key-too-early", '<Say>For help press 2.</Say><Gather action="/a"/><Hangup/>', "twiml/154"),
    ("post-to-file", "<Redirect>menu.xml</Redirect>", "twiml/185"),
    ("post-to-file", '<Gather action="menu.xml" numDigits="1"/><Hangup/>', "dialects/021"),
    ("no-way-out", "<Say>One moment.</Say><Redirect></Redirect>", ""),
    ("empty-element", "<Say> </Say><Hangup/>", ""),
    ("empty-element", '<Dial action="/a"></Dial>', "dialects/047"),
    ("unreachable-step", '<Dial action="/a">+14155550100</Dial><Say>Bye.</Say>', "twiml/003"),
    ("unreachable-step", "<Redirect>/a</Redirect><Say>Bye.</Say>", ""),
    ("bad-value", '<Pause length=".5"/><Hangup/>', "twiml/198"),
    ("bad-value", '<Dial timeout="1000000">+14155550100</Dial>', "dialects/018"),
    ("unknown-voice", '<Say voice="female">Hello.</Say>', "dialects/001"),
    ("national-number", "<Dial>415-555-0100</Dial>", "twiml/147"),
    ("bad-phone-number", "<Dial>MY_NUMBER</Dial>", "twiml/182"),
    ("bad-sid", "<Enqueue workflowSid='WWxx'/>", "twiml/028"),
    ("placeholder-host", "<Redirect>https://www.example.com/a</Redirect>", "twiml/025"),
    ("private-host", "<Redirect>http://localhost:3000/a</Redirect>", "dialects/014"),
    ("nested-response", "<Response><Hangup/></Response>", "twiml/203"),
    ("unknown-attribute", '<Dial callerid="+14155550199">+14155550100</Dial>', "dialects/057"),
    ("unknown-attribute", "<Connect><Room statuscallback='/a'>R</Room></Connect>", "twiml/054"),
    (
        "key-ends-input",
        '<Gather action="/a" finishOnKey="9" numDigits="5"/><Hangup/>',
        "dialects/050",
    ),
    (
        "key-ends-input",
        '<Gather action="/a" finishOnKey="1" numDigits="1"><Say>Press 1.</Say></Gather><Hangup/>',
        "",
    ),
    ("retired-part", '<Say voice="alice">Hello.</Say>', "twiml/008"),
    ("retired-part", "<Say>Hello.</Say><Sms>Hello.</Sms>", "twiml/124"),
    ("unknown-element", "<Say>Hello.</Say><Message>Hello.</Message>", "twiml/014"),
    (
        "not-allowed-inside",
        '<Gather action="/a"><Dial>+14155550100</Dial></Gather><Hangup/>',
        "dialects/082",
    ),
    ("reject-not-first", '<Pause/><Reject reason="busy"/>', "dialects/024"),
    ("not-audio", "<Play>welcome.m4a</Play>", "twiml/169"),
    (
        "secret-in-document",
        "<Dial><Sip username='a' password='b1'>sip:a@pbx.contoso.com</Sip></Dial>",
        "twiml/151",
    ),
    ("other-dialect", "<Speak>Hello.</Speak>", "dialects/041"),
    ("other-dialect", "<SpeakSentence>Hello.</SpeakSentence>", "dialects/038"),
    ("other-dialect", '<Gather maxDigits="1" gatherUrl="/a"/>', ""),
    ("other-dialect", "<Connect><AI><Prompt>Be kind.</Prompt></AI></Connect>", ""),
    ("other-dialect", "<AIGather><Greeting>Hello.</Greeting></AIGather>", ""),
    ("other-dialect", "<UssdMessage>Hello.</UssdMessage>", ""),
    ("other-dialect", "<Dial><User>sip:a@phone.contoso.com</User></Dial>", ""),
    ("other-vendor", "<Dial><Sip>sip:a@contoso.signalwire.com</Sip></Dial>", "dialects/073"),
    ("malformed-xml", "<Dial><Sip>sip:a@pbx.contoso.com?X-A=1&X-B=2</Sip></Dial>", "malformed/005"),
    ("malformed-xml", "<Dial><Number>+14155550100<Number></Dial>", "malformed/018"),
    ("malformed-xml", '<Say voice="man" <Play/>>Hello.</Say>', "malformed/017"),
    ("template-not-filled", "<Say>{{ msg }}</Say>{% if a %}<Hangup/>{% endif %}", "templates/006"),
    ("only-in-a-bin", "<Dial><Number>{{To}}</Number></Dial>", "twiml/156"),
]
"""Rule, what stands inside its Response, and a document that somebody wrote."""
