namespace TPacket.Server;

/// <summary>
/// Identifies an append and so makes it idempotent: the log appends a request once, and answers a repeated
/// request with the first answer. The default value is no request id; a caller must not repeat such an append.
/// </summary>
/// <param name="Author">The session of the author, or a random number that a host has chosen for itself; not 0.</param>
/// <param name="Number">The number of the request, which is positive and increases with each request of the author.</param>
public readonly record struct RequestId(long Author, long Number)
{
    /// <summary>The number of requests per author that a log remembers. The log rejects an older request, because it may have appended the request before.</summary>
    public const int Remembered = 256;

    /// <summary>Whether there is a request id.</summary>
    public bool IsSet => Author != 0;
}
