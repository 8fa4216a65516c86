/* Which of the compiled instruction sets this CPU runs. */
#include "nn/kernels.h"

extern const struct nn_kernels nn_kern_table_base;
#ifdef NN_X86
extern const struct nn_kernels nn_kern_table_avx2, nn_kern_table_avx512;
#endif

const struct nn_kernels *nn_kernels_at(int i)
{
    const struct nn_kernels *found[3];
    int n = 0;
#ifdef NN_X86
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw"))
        found[n++] = &nn_kern_table_avx512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        found[n++] = &nn_kern_table_avx2;
#endif
    found[n++] = &nn_kern_table_base;
    return i < n ? found[i] : NULL;
}

const struct nn_kernels *nn_kernels_best(void)
{
    return nn_kernels_at(0);
}
