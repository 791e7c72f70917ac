// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace magicface {

/// Makes SIGINT and SIGTERM ask for a stop between two denoising steps; a second signal ends the process at once with
/// 130 or 143. Called once by the program's main; libraries never install handlers.
void install_signal_handlers();

/// Asks for a stop, as a first signal does.
void request_cancellation();

/// Whether a stop was asked for.
bool cancellation_requested();

/// @throws Cancelled when a stop was asked for.
void throw_if_cancelled();

}  // namespace magicface
