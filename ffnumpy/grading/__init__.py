"""A grader of a student's own functions, which says what a good assistant would.

`tasks` has what is to be written and the mistakes that are known by name, `judge` compares, and
`cell` runs a student's file in a process of its own.
"""

from __future__ import annotations

from ffnumpy.grading.judge import Verdict, check, grade
from ffnumpy.grading.tasks import TASKS, Task

__all__ = ["TASKS", "Task", "Verdict", "check", "grade"]
