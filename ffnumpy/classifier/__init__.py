"""A Forward-Forward network as a scikit-learn estimator."""

from ffnumpy.classifier.estimator import FFClassifier

__all__ = ["FFClassifier"]
