namespace TPacket.Sqlite.Tests.Harness;

/// <summary>A test that mounts a disk of its own, which takes Linux and root.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class DiskFactAttribute : FactAttribute
{
    public DiskFactAttribute()
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root")
            Skip = "Only root can mount a disk on Linux.";
    }
}
