using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TPacket.Transports.Native;

/// <summary>Calls on the descriptor of a non-blocking socket. Whoever calls sees to it that the descriptor is still the socket's.</summary>
internal static unsafe class NativeSocket
{
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const int NoSignal = 0x4000;
    private const int Peek = 0x02;
    private const int DuplicateCloseOnExec = 1030;
    private const int SetFlags = 4;
    private const int SocketLevel = 1;
    private const int SendBuffer = 7;
    private const int LingerOnClose = 13;
    private const int TcpLevel = 6;
    private const int TcpUserTimeout = 18;
    private const int SendDirection = 1;
    private const int BothDirections = 2;
    private const int FamilyUnix = 1;
    private const int FamilyIPv4 = 2;
    private const int FamilyIPv6 = 10;

    // The longest of sockaddr_in, sockaddr_in6 and sockaddr_un.
    private const int AddressLength = 128;

    /// <summary>Receives what is there.</summary>
    /// <returns>How many bytes; 0 at the end of the stream; a negated error number otherwise.</returns>
    public static int Receive(int descriptor, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            while (true)
            {
                var received = (int)Libc.recv(descriptor, start, buffer.Length, 0);
                if (received >= 0)
                    return received;
                var error = Errno.Last;
                if (error != Errno.Interrupted)
                    return -error;
            }
        }
    }

    /// <summary>Whether a receive would find something: bytes, the end of the stream, or an error.</summary>
    public static bool HasInput(int descriptor)
    {
        byte first;
        while (Libc.recv(descriptor, &first, 1, Peek) < 0)
        {
            var error = Errno.Last;
            if (error != Errno.Interrupted)
                return error != Errno.TryAgain;
        }

        return true;
    }

    /// <summary>Sends what fits.</summary>
    /// <returns>How many bytes were taken; a negated error number otherwise.</returns>
    public static int Send(int descriptor, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            while (true)
            {
                var sent = (int)Libc.send(descriptor, start, bytes.Length, NoSignal);
                if (sent >= 0)
                    return sent;
                var error = Errno.Last;
                if (error != Errno.Interrupted)
                    return -error;
            }
        }
    }

    /// <summary>Sends what fits of two parts, one behind the other.</summary>
    /// <inheritdoc cref="Send(int, ReadOnlySpan{byte})"/>
    public static int Send(int descriptor, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        fixed (byte* first = head, second = body)
        {
            var parts = stackalloc MessagePart[] { new() { Start = first, Length = (nuint)head.Length }, new() { Start = second, Length = (nuint)body.Length } };
            var message = new MessageHeader { Parts = parts, PartCount = 2 };
            while (true)
            {
                var sent = (int)Libc.sendmsg(descriptor, &message, NoSignal);
                if (sent >= 0)
                    return sent;
                var error = Errno.Last;
                if (error != Errno.Interrupted)
                    return -error;
            }
        }
    }

    /// <summary>Takes a connection from a listening socket; it is made non-blocking. Options of TCP are the listening socket's.</summary>
    /// <returns>Its descriptor, or a negated error number.</returns>
    public static int Accept(int listener, out PeerAddress remote)
    {
        var address = stackalloc byte[AddressLength];
        var length = AddressLength;
        remote = default;
        var accepted = Libc.accept4(listener, address, &length, NonBlocking | CloseOnExec);
        if (accepted < 0)
            return -Errno.Last;
        var family = *(ushort*)address;
        var bytes = new ReadOnlySpan<byte>(address, length);
        remote = family == FamilyIPv4 ? new PeerAddress(BitConverter.ToUInt32(bytes[4..]), Port(bytes)) : new PeerAddress(ToEndPoint(bytes));
        return accepted;
    }

    /// <summary>Takes a connected socket's connection over: the socket is disposed of, and the connection is the descriptor's that is returned.</summary>
    /// <exception cref="IOException">The process has no descriptors left; the socket is as it was.</exception>
    public static int TakeOver(Socket socket)
    {
        var descriptor = Libc.fcntl((int)socket.Handle, DuplicateCloseOnExec, 0);
        if (descriptor < 0)
            throw Errno.ToException(Errno.Last);
        socket.Dispose();
        // Disposing has made the connection a blocking one.
        _ = Libc.fcntl(descriptor, SetFlags, NonBlocking);
        return descriptor;
    }

    /// <summary>This side's address.</summary>
    public static EndPoint? LocalEndPoint(int descriptor)
    {
        var address = stackalloc byte[AddressLength];
        var length = AddressLength;
        return Libc.getsockname(descriptor, address, &length) < 0 ? null : ToEndPoint(new ReadOnlySpan<byte>(address, length));
    }

    /// <summary>Tells the peer that nothing more will be sent.</summary>
    public static void ShutdownSend(int descriptor) => _ = Libc.shutdown(descriptor, SendDirection);

    /// <summary>Ends both directions; the descriptor stays.</summary>
    public static void ShutdownBoth(int descriptor) => _ = Libc.shutdown(descriptor, BothDirections);

    /// <summary>Says how many bytes the system may buffer for the peer.</summary>
    public static void SetSendBuffer(int descriptor, int bytes) => _ = Libc.setsockopt(descriptor, SocketLevel, SendBuffer, &bytes, sizeof(int));

    /// <summary>Has the system end a TCP connection whose peer leaves what was sent unacknowledged, or its window shut, for so long.</summary>
    public static void SetUserTimeout(Socket socket, TimeSpan timeout)
    {
        var milliseconds = (int)timeout.TotalMilliseconds;
        socket.SetRawSocketOption(TcpLevel, TcpUserTimeout, new ReadOnlySpan<byte>(&milliseconds, sizeof(int)));
    }

    /// <summary>Releases the descriptor. The system goes on sending what it has to a peer that acknowledges it, and gives up after <paramref name="linger"/> without.</summary>
    public static void Close(int descriptor, TimeSpan linger)
    {
        var milliseconds = (int)linger.TotalMilliseconds;
        // A Unix domain socket knows no such thing, and has nothing to send: its bytes are the peer's already.
        if (milliseconds > 0)
            _ = Libc.setsockopt(descriptor, TcpLevel, TcpUserTimeout, &milliseconds, sizeof(int));
        _ = Libc.close(descriptor);
    }

    /// <summary>Releases the descriptor with a reset; what the system has not sent is dropped.</summary>
    public static void Reset(int descriptor)
    {
        // On, and no time.
        var linger = stackalloc int[] { 1, 0 };
        _ = Libc.setsockopt(descriptor, SocketLevel, LingerOnClose, linger, 2 * sizeof(int));
        _ = Libc.close(descriptor);
    }

    private static EndPoint? ToEndPoint(ReadOnlySpan<byte> address) => BitConverter.ToUInt16(address) switch
    {
        FamilyIPv4 => new IPEndPoint(new IPAddress(address.Slice(4, 4)), Port(address)),
        FamilyIPv6 => new IPEndPoint(new IPAddress(address.Slice(8, 16), BitConverter.ToUInt32(address[24..])), Port(address)),
        FamilyUnix => ToUnixEndPoint(address[2..]),
        _ => null,
    };

    private static ushort Port(ReadOnlySpan<byte> address) => BinaryPrimitives.ReadUInt16BigEndian(address[2..]);

    /// <summary>
    /// A path ends with a NUL; a name without a file begins with one; a socket that was not bound has neither. A peer chooses its own: one that is no UTF-8, or fills the last byte,
    /// may be more than the runtime's endpoint holds, and is not told.
    /// </summary>
    private static UnixDomainSocketEndPoint? ToUnixEndPoint(ReadOnlySpan<byte> name)
    {
        if (name is [] or [0])
            return null;
        try
        {
            return new UnixDomainSocketEndPoint(Encoding.UTF8.GetString(name[0] == 0 ? name : name.TrimEnd((byte)0)));
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
