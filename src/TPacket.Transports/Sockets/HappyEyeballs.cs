using System.Net;
using System.Net.Sockets;

namespace TPacket.Transports.Sockets;

/// <summary>
/// Connects to a host that may have several addresses (RFC 8305, "Happy Eyeballs"). The next attempt starts <see cref="AttemptDelay"/> after the last attempt, or at once when one fails. The
/// first connection wins.
/// </summary>
/// <param name="resolve">Resolves a host name to its addresses, the preferred address first.</param>
/// <param name="timeProvider">The clock for the delay between attempts.</param>
internal sealed class HappyEyeballs(Func<string, CancellationToken, Task<IPAddress[]>> resolve, TimeProvider timeProvider)
{
    /// <summary>The time after which the next attempt starts while the others have no result. RFC 8305, section 8, recommends 250 ms.</summary>
    public static readonly TimeSpan AttemptDelay = TimeSpan.FromMilliseconds(250);

    /// <summary>Resolves a host name with the system's resolver.</summary>
    public static Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken) => Dns.GetHostAddressesAsync(host, cancellationToken);

    /// <summary>Connects to an address, or to the first address of a host name that answers.</summary>
    /// <param name="endPoint">The address or the host name.</param>
    /// <param name="connect">Connects to one address. The function releases everything if it fails or is cancelled.</param>
    /// <param name="release">Closes a connection that was not the first.</param>
    /// <param name="cancellationToken">Cancels all attempts.</param>
    /// <returns>The connection. All other attempts have ended and their connections are closed.</returns>
    /// <exception cref="SocketException">The name is unknown, or no attempt succeeded; this is the error of the last attempt.</exception>
    public async ValueTask<T> ConnectAsync<T>(
        EndPoint endPoint, Func<EndPoint, CancellationToken, ValueTask<T>> connect, Action<T> release, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (endPoint is not DnsEndPoint named)
            return await connect(endPoint, cancellationToken).ConfigureAwait(false);
        var addresses = Interleave(await FindAsync(named, cancellationToken).ConfigureAwait(false));
        return addresses.Length == 1
            ? await connect(new IPEndPoint(addresses[0], named.Port), cancellationToken).ConfigureAwait(false)
            : await RaceAsync([.. addresses.Select(address => new IPEndPoint(address, named.Port))], connect, release, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Alternates the address families, beginning with the family of the first address. A family that does not work therefore costs one delay
    /// (RFC 8305, section 4).
    /// </summary>
    internal static IPAddress[] Interleave(IPAddress[] addresses)
    {
        var families = addresses.GroupBy(static address => address.AddressFamily).Select(static family => family.ToArray()).ToArray();
        var longest = families.Max(static family => family.Length);
        return [.. Enumerable.Range(0, longest).SelectMany(turn => families.Where(family => turn < family.Length).Select(family => family[turn]))];
    }

    private async ValueTask<IPAddress[]> FindAsync(DnsEndPoint named, CancellationToken cancellationToken)
    {
        var found = IPAddress.TryParse(named.Host, out var literal) ? [literal] : await resolve(named.Host, cancellationToken).ConfigureAwait(false);
        var addresses = named.AddressFamily == AddressFamily.Unspecified ? found : [.. found.Where(address => address.AddressFamily == named.AddressFamily)];
        return addresses.Length > 0 ? addresses : throw new SocketException((int)SocketError.HostNotFound);
    }

    private async ValueTask<T> RaceAsync<T>(
        IPEndPoint[] addresses, Func<EndPoint, CancellationToken, ValueTask<T>> connect, Action<T> release, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = new List<Task<T>>();
        try
        {
            for (var next = 0; ;)
            {
                if (next < addresses.Length)
                    running.Add(connect(addresses[next++], over.Token).AsTask());
                var wait = next < addresses.Length ? Task.Delay(AttemptDelay, timeProvider, over.Token) : null;
                var first = await Task.WhenAny(wait is null ? running : [.. running, wait]).ConfigureAwait(false);
                // Checked before an attempt is removed from the list, so that the connection of an attempt that has just succeeded is released below.
                cancellationToken.ThrowIfCancellationRequested();
                if (first == wait)
                    continue;
                var ended = (Task<T>)first;
                running.Remove(ended);
                try
                {
                    return await ended.ConfigureAwait(false);
                }
                catch (Exception e) when (e is SocketException or IOException && (running.Count > 0 || next < addresses.Length))
                {
                    // Another address may answer.
                }
            }
        }
        finally
        {
            await over.CancelAsync().ConfigureAwait(false);
            foreach (var loser in running)
                await ReleaseAsync(loser, release).ConfigureAwait(false);
        }
    }

    /// <summary>Waits for a cancelled attempt and closes the connection that it may have made before it was cancelled.</summary>
    private static async ValueTask ReleaseAsync<T>(Task<T> loser, Action<T> release)
    {
        await ((Task)loser).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (loser.IsCompletedSuccessfully)
            release(await loser.ConfigureAwait(false));
    }
}
