from common.instances import make_classifier, target_for

from magnet_sklearn._training import EpochReporter


def test_the_first_member_tells_its_held_out_loss():
    heard = []
    clf = make_classifier(callbacks=[EpochReporter(lambda *own: heard.append(own))])
    history = clf.fit(*target_for(clf)).history_
    first = history[history["member"] == 0]
    assert heard == list(zip(first["epoch"], first["valid_loss"], strict=True))


def test_without_held_out_patients_nothing_is_told():
    heard = []
    reporter = EpochReporter(lambda *own: heard.append(own))
    clf = make_classifier(early_stopping=False, callbacks=[reporter])
    clf.fit(*target_for(clf))
    assert heard == []
