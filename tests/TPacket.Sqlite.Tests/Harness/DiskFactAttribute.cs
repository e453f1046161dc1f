namespace TPacket.Sqlite.Tests.Harness;

/// <summary>A test that mounts a disk. It is skipped unless it runs as root on Linux.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class DiskFactAttribute : FactAttribute
{
    public DiskFactAttribute()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
            Skip = "Only root can mount a disk on Linux.";
    }
}
