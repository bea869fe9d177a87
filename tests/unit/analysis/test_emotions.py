from __future__ import annotations

import pytest

from shared.analysis.tasks.emotions.intensity import felt_intensity, named_intensity
from shared.analysis.tasks.emotions.task import FELT_PRECISION
from shared.analysis.tasks.emotions.vocabulary import load_vocabulary


def _names(found):
    return sorted(emotion.name for emotion in found.emotions)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("I felt anxious and kind of ashamed.", ["anxiety", "shame"]),
        ("I’m just overwhelmed. And scared.", ["fear", "overwhelm"]),
        ("It’s exhausting trying to always be perfect.", ["exhaustion"]),
        ("And then there’s guilt.", ["guilt"]),
        ("Well, I kept worrying that I missed something.", ["anxiety"]),
        ("I resent that he never asks.", ["anger"]),
        ("My anxiety just takes over in those moments.", ["anxiety"]),
        ("I still feel low, but part of me feels... relieved.", ["relief", "sadness"]),
        ("I miss my mother every day.", ["grief"]),
        ("It scares me how much he drinks.", ["fear"]),
        ("A bit more grounded, actually.", ["calm"]),
        ("It's all a bit much lately.", ["overwhelm"]),
        ("I can't forgive myself for leaving her alone there.", ["guilt"]),
        ("My heart was pounding before the exam.", ["anxiety"]),
        ("I don't feel anything any more.", ["numbness"]),
        ("It makes me doubt myself as a father.", ["shame"]),
        ("My blood was boiling by the time I parked.", ["anger"]),
        ("I was over the moon when the letter came.", ["joy"]),
        ("I'm running on empty by Thursday.", ["exhaustion"]),
        ("I adore my grandson.", ["affection"]),
        ("I've been grieving the house, oddly enough.", ["grief"]),
        ("I feel terrible about leaving her with all of it.", ["guilt"]),
        ("The light caught me off guard.", ["surprise"]),
        ("I've kind of given up on ever finishing.", ["hopelessness"]),
        ("It was such a load off my mind.", ["relief"]),
        ("I've been carrying a lot of anger around.", ["anger"]),
        ("When I feel anxious, I can't breathe.", ["anxiety"]),
        ("If I'm honest, I'm angry, and I'll say so.", ["anger"]),
        ("I'd feel so guilty whenever I said no.", ["guilt"]),
        ("I was so happy to help her.", ["joy"]),
        ("My marriage is exhausting.", ["exhaustion"]),
        ("My mind is racing.", ["anxiety"]),
        ("I've been feeling down for weeks.", ["sadness"]),
        ("I couldn't stop crying.", ["sadness"]),
        ("We had so much fun.", ["joy"]),
        ("It's getting on my nerves.", ["frustration"]),
    ],
)  # fmt: skip
def test_emotion_is_the_one_the_client_names(analyze, text, names):
    assert _names(analyze("C: " + text)) == names


@pytest.mark.parametrize(
    "text",
    [
        "C: I'm not angry with her at all.",
        "C: I don't feel anxious any more.",
        "C: My boss was furious about the launch.",
        "C: She said, “I am so disappointed in you.”",
        "C: I want to feel calm and happy.",
        "C: Thanks, Dr. Torres.",
        "C: Have a good week!",
        "C: Maybe I can write those down and read them when I feel anxious.",
        "C: It doesn't scare me that much.",
        "C: I don't miss my mother every day.",
        "C: I went down the road and sat alone at the low table.",
        "C: It is worse in the evening when I'm alone.",
        "C: I try to keep making my wife happy, whatever it takes.",
        "C: I was such a happy person before all that.",
        "C: I'd love to feel proud of it one day.",
        "C: I'd be so ashamed if they saw it.",
        "C: Next time I get angry, I'll count to ten.",
        "C: When I feel overwhelmed, the plan is to call her.",
        "C: I'm afraid I can't make it on Tuesday.",
        "C: Happy birthday to your office plant.",
        "C: I'm happy to try the sheet again.",
        "C: My flatmate gets anxious around exams.",
        "C: My wife thinks I'm depressed.",
        "C: I was jumping up and down on the trampoline.",
        "C: There was a lot of anger in the room.",
        "C: My boss has a lot of anger in him.",
        "C: My boss thinks I'm over the moon.",
        "C: He has some hope left.",
        "C: I need some relief.",
        "C: I've been cutting down on drinking.",
        "C: It took me two hours to get here.",
        "C: I've had it since I was a kid.",
        "C: I missed my sister's wedding.",
        "C: I appreciate what you're saying, but I don't agree.",
        "C: There's not much hope.",
        "C: I was touched inappropriately.",
        "C: I'll never forget what he did to me.",
        "C: My dad was emotionally absent.",
        "C: My boss questioned my abilities.",
        "C: My anxiety is gone.",
        "C: It was scary for the kids.",
        "C: I've given up smoking.",
        "C: I was grounded for a month.",
        "C: I wouldn't say I'm over the moon about it.",
        "T: I'm so glad that you came. That sounds sad.",
    ],
)
def test_emotion_is_not_taken_from_denials_wishes_or_others(analyze, text):
    assert _names(analyze(text)) == []


def test_emotion_is_not_named_by_words_that_stand_apart(analyze):
    found = _names(analyze("C: I can't believe how much I know where to begin now."))
    assert "overwhelm" not in found


def test_emotion_is_read_where_no_word_names_it(analyze):
    (emotion,) = analyze("C: I lost my best friend and now the whole house is so quiet.").emotions
    assert emotion.category == "sadness"
    assert emotion.confidence == FELT_PRECISION


@pytest.mark.parametrize(
    "text",
    [
        "C: I know I should enjoy my new job.",
        "C: It's funny, I never once thought of calling him.",
        "C: He told us something funny at breakfast and I laughed with the others.",
        "C: My neighbour lost his wife in the spring.",
    ],
)
def test_emotion_is_not_read_where_only_one_reading_sees_it(analyze, text):
    assert _names(analyze(text)) == []


def test_emotion_repeated_nearby_in_a_turn_is_one(analyze):
    (emotion,) = analyze(
        "C: I was so anxious. Really anxious. It was bad. I felt anxious."
    ).emotions
    assert emotion.evidence[0].quote == "I was so anxious. Really anxious."
    assert len(emotion.evidence) == 2


def test_emotion_in_two_turns_is_two(analyze):
    found = analyze("C: I was so anxious.", "T: I see.", "C: I am still anxious.")
    assert _names(found) == ["anxiety", "anxiety"]


def test_intensity_follows_the_graded_words():
    def strength(text):
        return named_intensity(text, text.index("anxious"), 0.5)

    degrees = ["a bit anxious", "anxious", "really anxious", "extremely anxious"]
    values = [strength(f"I was {degree}") for degree in degrees]
    assert values == sorted(values)
    assert len(set(values)) == 4
    assert strength("It was really bad, but I was anxious") == 0.5


def test_emotion_is_stronger_the_stronger_its_grade(analyze):
    found = [
        analyze(f"C: {text}").emotions[0].intensity
        for text in ("I was a bit scared.", "I was scared.", "I was extremely scared.")
    ]
    assert found == sorted(set(found))


def test_emotion_is_not_weakened_by_a_denial_of_another_feeling(analyze):
    alone, beside = (
        analyze(f"C: {text}").emotions[0].intensity
        for text in ("I was proud of us.", "I was proud of us, though I wasn't happy.")
    )
    assert beside > alone / 2


def test_intensity_stays_in_bounds():
    assert felt_intensity("extremely! so!", 1.0, 1.0) == 1.0
    assert felt_intensity("a little", 0.1, 0.0) > 0


def test_plan_after_its_occasion_leaves_a_past_feeling_alone(analyze):
    assert _names(analyze("C: When I got angry, I walked out.")) == ["anger"]


def test_vocabulary_maps_every_label_once(engine):
    vocabulary = load_vocabulary()
    labels = set(engine._encoder.calibration.labels)
    defaults = [label for feeling in vocabulary.feelings for label in feeling.default_for]
    assert len(defaults) == len(set(defaults))
    assert set(defaults) | vocabulary.unmapped == labels
    assert not set(defaults) & vocabulary.unmapped


def test_vocabulary_numbers_are_in_their_ranges():
    for feeling in load_vocabulary().feelings:
        assert -1 <= feeling.valence <= 1
        assert feeling.examples
        assert all(0 < intensity <= 1 for intensity in feeling.terms.values())
