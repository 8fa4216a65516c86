/* See mount.h. The numbers are those of statfs(2), linux/magic.h and the file systems' own headers.
 */
#include "base/mount.h"
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"

static const struct {
    unsigned magic;
    const char *name;
} network[] = {
    {0x6969, "nfs"},        {0x517b, "smb"},       {0xff534d42, "cifs"},   {0xfe534d42, "smb2"},
    {0x0bd00bd0, "lustre"}, {0x47504653, "gpfs"},  {0x19830326, "beegfs"}, {0x00c36400, "ceph"},
    {0x5346414f, "afs"},    {0x01021997, "9p"},    {0x65735546, "fuse"},   {0x6b414653, "kafs"},
    {0xaad7aaea, "panfs"},  {0x7461636f, "ocfs2"}, {0x01161970, "gfs2"},   {0x20030528, "orangefs"},
    {0x013111a8, "ibrix"},  {0xa501fcf5, "vxfs"},  {0x1badface, "bgpfs"},  {0x73757245, "coda"},
};

/* "nfs", "lustre", ...; "local" for all that is of this machine alone. Of a path that does not
 * exist yet, what its nearest directory lies on. */
static const char *mount_kind(const char *path)
{
    struct statfs fs;
    char *at CLEANUP_FREE = xstrdup(path);
    while (statfs(at, &fs) < 0) {
        if (str_eq(at, ".") || str_eq(at, "/"))
            return "local";
        char *up = file_dir(at);
        free(at);
        at = up;
    }
    for (size_t i = 0; i < sizeof network / sizeof *network; i++)
        if (network[i].magic == (unsigned)fs.f_type)
            return network[i].name;
    return "local";
}

bool mount_is_network(const char *path)
{
    return !str_eq(mount_kind(path), "local");
}
