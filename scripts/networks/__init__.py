# SPDX-License-Identifier: Apache-2.0
"""PyTorch definitions of the networks that bundles are exported from."""
