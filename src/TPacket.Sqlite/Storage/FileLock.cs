using System.Globalization;
using System.Text;

namespace TPacket.Server.Sqlite.Storage;

/// <summary>
/// The lock file beside the database. The process that serves the database holds the lock; the system releases it when the process ends.
/// The file also records the state of the database, so that the server detects an older copy of the database at its next start.
/// </summary>
internal sealed class FileLock : IDisposable
{
    private const int MaxRecord = 256;

    private readonly FileStream _stream;

    private FileLock(FileStream stream) => _stream = stream;

    /// <summary>Returns the path of the lock file.</summary>
    public static string PathOf(string path) => path + ".lock";

    /// <summary>Takes the lock.</summary>
    /// <exception cref="IOException">Another process holds it, the file cannot be written, or locks have no effect. The message has the reason.</exception>
    public static FileLock Take(string path)
    {
        FileStream stream;
        try
        {
            stream = Open(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // For a held lock the system's message adds nothing.
            throw IsSharingViolation(e)
                ? new IOException($"The file '{path}' is served by another process, which holds '{PathOf(path)}'.")
                : new IOException($"The file '{PathOf(path)}' cannot be written: {e.Message}", e);
        }

        try
        {
            // Locks have no effect on some network file systems, and if the runtime's file locking is disabled.
            Open(path).Dispose();
        }
        catch (IOException)
        {
            return new FileLock(stream);
        }

        stream.Dispose();
        throw new IOException($"Locks have no effect on '{PathOf(path)}': two servers could damage the file '{path}'. Put it on a local disk.");
    }

    /// <summary>Reads the last record.</summary>
    /// <returns>Null if there is no valid record.</returns>
    public FileRecord? Read()
    {
        Span<byte> bytes = stackalloc byte[MaxRecord];
        var length = RandomAccess.Read(_stream.SafeFileHandle, bytes, 0);
        var parts = Encoding.UTF8.GetString(bytes[..length]).Split('\n')[0].Split(' ');
        return parts.Length == 3
            && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var file)
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var run)
            && int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var nextUser)
            ? new FileRecord(file, run, nextUser)
            : null;
    }

    /// <summary>Writes a record and flushes it to the disk.</summary>
    public void Write(FileRecord record)
    {
        // Numbers have a fixed width, so that a write completely replaces the last one.
        var line = string.Create(CultureInfo.InvariantCulture, $"{record.File:D20} {record.Run:D20} {record.NextUser:D20}\n");
        RandomAccess.Write(_stream.SafeFileHandle, Encoding.UTF8.GetBytes(line), 0);
        RandomAccess.FlushToDisk(_stream.SafeFileHandle);
    }

    public void Dispose() => _stream.Dispose();

    private static FileStream Open(string path) => new(PathOf(path), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);

    private static bool IsSharingViolation(Exception error)
    {
        const int WouldBlock = 11;
        const int WouldBlockOnMac = 35;
        const int SharingViolation = unchecked((int)0x80070020);
        return error is IOException && error.HResult is SharingViolation or WouldBlock or WouldBlockOnMac;
    }
}
