/* Criterion's runner now and then loses a few bytes of its own; only leaks of ours are findings. */
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/lsan_interface.h>

const char *__lsan_default_suppressions(void)
{
    return "leak:libcriterion.so\n";
}
#else
typedef int nothing_to_suppress;
#endif
