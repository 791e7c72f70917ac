# SPDX-License-Identifier: Apache-2.0
"""Rendered portraits of people who do not exist, with exact labels. See docs/renderer.md."""
