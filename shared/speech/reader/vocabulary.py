"""The words by which labels, headers and stage directions are told from speech.

They are chosen for precision: a word that is as often speech as not stands in no list.
"""

from __future__ import annotations

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def keys(text: str) -> tuple[str, ...]:
    """The space-separated names in `text`, in order."""
    return tuple(text.split())


def _stems(text: str) -> re.Pattern[str]:
    return re.compile(r"(?:" + "|".join(text.split()) + r")\w*+")


DEGREES = _words("dr doctor prof professor")
TITLES = _words("dr doctor prof professor mr mrs ms miss mx rev sr sra dra herr frau mme")
CREDENTIALS = _words("phd psyd md lcsw lmft lpc lmhc msw mft ma msc bsc bacp jr rn do edd lpcc ncc")
PARTICLES = _words("of the de da del van von der den la le bin al y and")

# Words that stand before a colon in notes, diaries and speech without anybody being named.
NOT_SPEAKERS = _words("""
    date time day title topic topics duration length session location place setting anxiety mood
    level subject re note notes summary agenda goal goals plan homework action actions item items
    step steps diagnosis medication medications assessment objective subjective intervention
    format version source language transcript transcription recording recorded participants present
    monday tuesday wednesday thursday friday saturday sunday today yesterday tomorrow morning
    afternoon evening night noon lunch breakfast dinner week month year january february march
    july september october november december sleep energy weather gratitude
    grateful todo ps p.s remember first second third fourth fifth last finally also example
    question answer questions answers thought thoughts feeling feelings emotion emotions evidence
    trigger triggers situation behavior behaviour response outcome result results conclusion
    warning tip tips important reminder update edit http https www file page link email phone
    tel address name age gender one two three four five however so but and or then now well
    work home family health school money relationship relationships self body mind friends exercise
    food diet good bad high low highs lows positive negative before after rating score diary
    at about around since until from by
    ok okay yes no honestly anyway fact truth problem reason point things list pros cons
""")

THERAPIST_WORDS = _words("""
    therapist counselor counsellor psychologist psychiatrist psychotherapist psychoanalyst analyst
    clinician practitioner doctor dr professional provider coach facilitator interviewer
    therapeut therapeutin terapeuta psicologo psicóloga psicólogo thérapeute psychologue
""")
CLIENT_WORDS = _words("""
    client patient coachee counselee counsellee interviewee participant
    klient klientin patientin paciente cliente paziente
""")
THERAPIST_LETTERS = _words("t th ther q")
CLIENT_LETTERS = _words("c cl cli p pt pat")

HEADER_FIELDS = _words("""
    date time start started end ended title topic topics duration length session location place
    setting subject language participants present attendees age gender diagnosis modality format
    recorded recording transcribed transcriber transcript file id case number no study interview
""")
LAST_FIELD_WORDS = _words("level date time number")
TITLE_WORDS = _words("session transcript interview intake therapy counselling counseling")
GREETINGS = _words("hi hello hey good morning ok okay yes yeah no so well thanks welcome")
MONTHS = keys("jan feb mar apr may jun jul aug sep oct nov dec")

# What people do in a session that is not speech, by how the word begins.
DEED = _stems("""
    laugh chuckl giggl smil grin sigh paus cry cries crying cried tear weep sob sniff nod shak
    silen quiet inaudible unintelligible indistinct crosstalk overlap cough clear breath inhal
    exhal whisper mumbl mutter shrug lean look gaze glanc star fidget gestur point sit stand
    walk lean clench clos open wip blow nerv soft loud gasp groan hum moan yawn applau music
    phone door nois knock ring background foreign long short brief moment beat session record
    tape transcri take takes taking therapist client counselor counsellor they both exercise
    after during end begin start mindful medit hesita stutter stammer snort scoff frown blush
    swallow rub hold reach hand drink sip writ read type typing continu video audio redacted
""")
# Those that are hardly ever anything else when they stand in brackets.
PLAIN_DEED = _stems("""
    laugh chuckl giggl smil grin sigh paus cry cries weep sob sniff nod silen inaudible
    unintelligible indistinct crosstalk cough inhal exhal whisper mumbl shrug fidget gasp yawn
    applau music
""")
BEFORE_DEEDS = _words("""
    a an the long short brief briefly slightly softly quietly very deep deeply nervously gently
    slowly both client therapist
""")
OWN_VOICE = _words("i i'm i'd i've i'll me my mine myself we our us")

FIRST_PERSON = _words("i i'm i'd i've i'll me my mine myself")
SECOND_PERSON = _words("you you're you'd you've you'll your yours yourself")
CLIENTS = _words("client clients patient patients client's patient's pt")
