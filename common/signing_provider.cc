#include "common/signing_provider.h"
