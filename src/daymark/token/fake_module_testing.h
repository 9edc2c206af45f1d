// What the module of fake_module_testing.cc does wrong. A test finds the struct by dlsym.
#pragma once

namespace daymark::token {

/// All false: an honest token "fake" with the PIN 1234 and one Ed25519 key "owner".
struct FakeBehaviour {
  unsigned tokens = 1;
  bool initialize_fails = false;
  bool wrong_signature = false;
  bool short_signature = false;
  bool long_signature = false;
  bool sign_fails = false;
  bool no_mechanism = false;
  bool no_public = false;
  bool point_at_private = false;
  bool der_point = false;
  bool short_point = false;
  bool other_curve = false;
  bool pin_locked = false;
  bool pin_pad = false;
  bool no_login = false;
  bool asks_always = false;
  unsigned pins_asked = 0;       ///< counted: logins of any kind
  unsigned pins_of_context = 0;  ///< counted: logins for one signature
  unsigned initialized = 0;      ///< counted
  unsigned finalized = 0;        ///< counted
};

using FakeBehaviourOf = FakeBehaviour* (*)();

}  // namespace daymark::token
