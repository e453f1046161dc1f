using System.Diagnostics;

namespace TPacket.Samples.Tests.Harness;

/// <summary>A process without inotify instances. It runs in a user namespace with a limit of its own, so that other processes are not affected. Linux only.</summary>
internal static class InotifyLimit
{
    private const string Script = "echo 0 > /proc/sys/user/max_inotify_instances && exec \"$@\"";

    /// <summary>Whether users of this machine may create user namespaces.</summary>
    public static bool IsAvailable()
    {
        if (!OperatingSystem.IsLinux() || !File.Exists("/usr/bin/unshare"))
            return false;
        using var trial = Process.Start(Apply(new ProcessStartInfo("true")));
        trial!.WaitForExit();
        return trial.ExitCode == 0;
    }

    /// <summary>Returns a command that starts the same process without inotify instances.</summary>
    public static ProcessStartInfo Apply(ProcessStartInfo start) => new("unshare", ["--user", "--map-root-user", "sh", "-c", Script, "sh", start.FileName, .. start.ArgumentList]);
}
