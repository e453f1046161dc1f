using System.Diagnostics;

namespace TPacket.Sqlite.Tests.Harness;

/// <summary>Makes open files immutable. Needs root on Linux and a file system with this attribute.</summary>
internal static class ImmutableFiles
{
    /// <summary>Returns whether this machine supports it.</summary>
    public static bool AreSupported { get; } = OperatingSystem.IsLinux() && Environment.UserName == "root" && Works();

    /// <summary>Makes files immutable, or writable again.</summary>
    public static void Set(bool isImmutable, params string[] files)
    {
        using var process = Process.Start("chattr", [isImmutable ? "+i" : "-i", .. files]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    private static bool Works()
    {
        var path = Path.GetTempFileName();
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            Set(true, path);
            try
            {
                file.WriteByte(0);
                return false;
            }
            catch (UnauthorizedAccessException)
            {
                return true;
            }
            finally
            {
                Set(false, path);
            }
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or Xunit.Sdk.XunitException)
        {
            return false;
        }
        finally
        {
            File.Delete(path);
        }
    }
}
