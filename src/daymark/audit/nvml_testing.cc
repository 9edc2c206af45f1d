// Answers as NVIDIA's management library would on a host with one H20, for the tests.
#include <cstring>

namespace {

int give(char* out, unsigned size, const char* text) {
  std::strncpy(out, text, size - 1);
  return 0;
}

}  // namespace

extern "C" {

int nvmlInit_v2() {
  return 0;
}

int nvmlShutdown() {
  return 0;
}

int nvmlSystemGetDriverVersion(char* out, unsigned size) {
  return give(out, size, "570.86.15");
}

int nvmlSystemGetConfComputeState(void* state) {
  std::memset(state, 0, 3 * sizeof(unsigned));
  return 0;
}

int nvmlDeviceGetCount_v2(unsigned* count) {
  *count = 1;
  return 0;
}

int nvmlDeviceGetHandleByIndex_v2(unsigned /*index*/, void** device) {
  static int one = 1;
  *device = &one;
  return 0;
}

int nvmlDeviceGetName(void* /*device*/, char* out, unsigned size) {
  return give(out, size, "NVIDIA H20");
}

int nvmlDeviceGetUUID(void* /*device*/, char* out, unsigned size) {
  return give(out, size, "GPU-11111111-2222-3333-4444-555555555555");
}

int nvmlDeviceGetSerial(void* /*device*/, char* /*out*/, unsigned /*size*/) {
  return 3;  // not supported
}

int nvmlDeviceGetVbiosVersion(void* /*device*/, char* out, unsigned size) {
  return give(out, size, "96.00.88.00.11");
}

int nvmlDeviceGetPciInfo_v3(void* /*device*/, void* pci) {
  // The name stands behind 16 characters and five numbers.
  return give(static_cast<char*>(pci) + 36, 32, "00000000:3B:00.0");
}
}
