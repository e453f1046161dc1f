using System.Diagnostics;

namespace TPacket.Samples.Tests;

/// <summary>A machine whose inotify instances are used up, for one process: a user namespace of its own has a limit of its own, so nobody else notices. Linux only.</summary>
internal static class InotifyLimit
{
    private const string Script = "echo 0 > /proc/sys/user/max_inotify_instances && exec \"$@\"";

    /// <summary>Whether this machine lets its users make user namespaces.</summary>
    public static bool IsAvailable()
    {
        if (!OperatingSystem.IsLinux() || !File.Exists("/usr/bin/unshare"))
            return false;
        using var trial = Process.Start(Apply(new ProcessStartInfo("true")));
        trial!.WaitForExit();
        return trial.ExitCode == 0;
    }

    /// <summary>The same process where no inotify instance is left.</summary>
    public static ProcessStartInfo Apply(ProcessStartInfo start) => new("unshare", ["--user", "--map-root-user", "sh", "-c", Script, "sh", start.FileName, .. start.ArgumentList]);
}
