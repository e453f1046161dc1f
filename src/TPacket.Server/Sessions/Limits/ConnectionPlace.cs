namespace TPacket.Server.Sessions.Limits;

/// <summary>One connection as <see cref="Hosting.ConnectionLimits"/> counts it. A field that is never copied once the connection has a session.</summary>
/// <param name="since">The time at which the server accepted the connection, as a timestamp of its clock.</param>
/// <param name="isAddressCounted">Whether the connection counts for the limit of its address.</param>
internal struct ConnectionPlace(long since, bool isAddressCounted)
{
    private bool _isReleased;

    public readonly long Since => since;

    public readonly bool IsAddressCounted => isAddressCounted;

    /// <summary>Marks the place as released. Thread-safe.</summary>
    /// <returns>False if the place was released before.</returns>
    public bool TryRelease() => !Interlocked.Exchange(ref _isReleased, true);
}
