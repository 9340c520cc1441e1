"""A user's own estimator in place of the families."""

from sklearn.linear_model import Ridge

from magnet_sklearn.experts.families import OwnFamily


def test_estimator_of_the_user_stays_unfitted():
    own = Ridge()

    OwnFamily(own).expert("numbers", 0).fit([[0.0], [1.0]], [0.0, 1.0])

    assert not hasattr(own, "coef_")
