using System.Diagnostics;

namespace TPacket.Sqlite.Tests.Harness;

/// <summary>A test that forbids to write a file that is open, which takes Linux, root and a file system with the attribute for it.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ImmutableFactAttribute : FactAttribute
{
    private static readonly bool _works = OperatingSystem.IsLinux() && Environment.UserName == "root" && Works();

    public ImmutableFactAttribute()
    {
        if (!_works)
            Skip = "Only root can make files immutable, and only where the file system allows it.";
    }

    /// <summary>Forbids to write files, or allows it again.</summary>
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
