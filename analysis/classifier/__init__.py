"""Signal against background: training with scikit-learn, evaluation with onnxruntime."""

from analysis.classifier.evaluation import evaluate_classifier
from analysis.classifier.sample import ClassifierError, TrainingSample
from analysis.classifier.training import ScoreMismatchError, train_classifier

__all__ = [
    "ClassifierError",
    "ScoreMismatchError",
    "TrainingSample",
    "evaluate_classifier",
    "train_classifier",
]
