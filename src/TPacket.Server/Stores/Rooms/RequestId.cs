namespace TPacket.Server;

/// <summary>
/// Names one append, so that it can be asked for again when its answer was lost: the log appends a request once and answers a repeated one as it did the first time.
/// The default value is no request id; such an append must not be repeated.
/// </summary>
/// <param name="Author">The session whose request it is, or a random number that a host draws for itself; not 0.</param>
/// <param name="Number">Positive; rises with each request of that author.</param>
public readonly record struct RequestId(long Author, long Number)
{
    /// <summary>How many requests of an author a log remembers. A request older than that is refused, since it may have been appended.</summary>
    public const int Remembered = 256;

    /// <summary>Whether this names a request.</summary>
    public bool IsSet => Author != 0;
}
