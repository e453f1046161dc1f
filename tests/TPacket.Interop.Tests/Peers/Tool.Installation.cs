using Xunit.Abstractions;
using Xunit.Sdk;

namespace TPacket.Interop.Tests.Peers;

/// <content>The part that reports to a test run.</content>
internal static partial class Tool
{
    /// <summary>Finds a program, or installs Debian's packages for it.</summary>
    /// <param name="console">Receives the names of installed packages.</param>
    /// <param name="packages">Debian's names.</param>
    /// <param name="places">Names to look for in PATH, and paths.</param>
    public static async Task<string> FindOrInstallAsync(IMessageSink console, string packages, params string[] places)
    {
        if (Find(places) is { } there)
            return there;
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess || Find("apt-get") is not { } apt)
            throw new InvalidOperationException($"These tests need {string.Join(" or ", places)}. Install it, on Debian with: apt-get install {packages}");
        await using var exclusive = await LockAsync(Path.Combine(Path.GetTempPath(), "tpacket-apt.lock"));
        if (Find(places) is { } installed)
            return installed;
        Say(console, $"Installing {packages} with apt-get.");
        await RunAsync(apt, "update", "-q");
        await RunAsync(apt, ["install", "-q", "-y", "--no-install-recommends", .. packages.Split(' ')]);
        return Find(places) ?? throw new InvalidOperationException($"{packages} was installed, but there is no {string.Join(" or ", places)}.");
    }

    public static Task<string> FindNodeAsync(IMessageSink console) => FindOrInstallAsync(console, "nodejs npm", OperatingSystem.IsWindows() ? "node.exe" : "node");

    public static Task<string> FindNpmAsync(IMessageSink console) => FindOrInstallAsync(console, "npm", OperatingSystem.IsWindows() ? "npm.cmd" : "npm");

    public static void Say(IMessageSink console, string what) => console.OnMessage(new DiagnosticMessage(what));
}
