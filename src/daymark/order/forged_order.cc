// Must not compile: whoever wants a ProvenOrder has to prove an order (principle 1). The build
// never names this file; the test order/forged_order compiles it and reads the complaint.
#include "daymark/order/proven.h"

namespace daymark::order {

ProvenOrder forge() {
  return ProvenOrder();
}

}  // namespace daymark::order
