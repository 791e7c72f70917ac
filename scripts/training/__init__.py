# SPDX-License-Identifier: Apache-2.0
"""Training of the demo bundle on rendered portraits."""
