// Standard input, output and error of a program that was started with some of them closed.
#pragma once

namespace tenor {

// Fills the places of closed ones, so that no file opened later gets their numbers: messages for standard error would
// end up in it. Reading and writing there still fails, as it does where they are closed. To be called first in main().
void fill_standard_descriptors();

}  // namespace tenor
