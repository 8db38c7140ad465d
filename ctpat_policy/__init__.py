"""ctpat-policy: CTPAT's Minimum Security Criteria, checked against a policy repository."""

__version__ = "0.1.0"
