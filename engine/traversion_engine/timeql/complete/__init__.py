"""Help while typing: what may come next, and the statement's signature.

stage | input -> output
------|----------------
typed | text, caret -> the word being typed and what stands before it
words | labels of the grammar -> keywords, operators, times, events
names | labels, catalogue -> fields, functions, values by frequency
complete | all of it -> Completion
"""

from traversion_engine.timeql.complete.candidate import Candidate, Completion, Sort
from traversion_engine.timeql.complete.complete import complete

__all__ = ["Candidate", "Completion", "Sort", "complete"]
