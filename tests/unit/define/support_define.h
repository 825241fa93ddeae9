/* What the tests of definitions share. */
#ifndef ALSTRACK_TEST_DEFINE_H
#define ALSTRACK_TEST_DEFINE_H

#include "alstrack/core/buf.h"
#include "alstrack/core/diag.h"
#include "alstrack/core/file.h"
#include "alstrack/define/instrument.h"
#include "alstrack/define/protocol.h"

#endif
