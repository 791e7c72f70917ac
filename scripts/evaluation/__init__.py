# SPDX-License-Identifier: Apache-2.0
"""Judging a bundle in Python: its modules, and the figures of edits."""
