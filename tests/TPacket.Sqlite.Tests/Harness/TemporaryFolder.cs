namespace TPacket.Sqlite.Tests.Harness;

/// <summary>A temporary folder.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder()
    {
        Path = Directory.CreateTempSubdirectory("tpacket-sqlite-").FullName;
        File = System.IO.Path.Combine(Path, "chat.db");
    }

    public string Path { get; }

    /// <summary>The path for a store's file.</summary>
    public string File { get; }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
