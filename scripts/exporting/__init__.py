# SPDX-License-Identifier: Apache-2.0
"""What the two export scripts share: reading published files, building modules, writing bundles."""
import warnings

# TorchScript is what the program loads. That PyTorch would rather see torch.export is known and no news to a user.
warnings.filterwarnings("ignore", message=r"`torch\.jit", category=DeprecationWarning)
