using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TPacket.Transports.Native;

/// <summary>System calls on the descriptor of a non-blocking socket. The caller ensures that the descriptor is still open.</summary>
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

    /// <summary>Receives the available bytes.</summary>
    /// <returns>The number of bytes; 0 at the end of the stream; a negated error number otherwise.</returns>
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

    /// <summary>Returns whether a receive would find bytes, the end of the stream or an error.</summary>
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

    /// <summary>Sends as many bytes as the system accepts.</summary>
    /// <returns>The number of bytes accepted; a negated error number otherwise.</returns>
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

    /// <summary>Sends as many bytes of two spans as the system accepts.</summary>
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

    /// <summary>Accepts a connection from a listening socket and makes it non-blocking. The connection inherits the TCP options of the listening socket.</summary>
    /// <returns>The descriptor, or a negated error number.</returns>
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

    /// <summary>Moves the connection of a connected socket to a new descriptor and disposes of the socket.</summary>
    /// <returns>The descriptor.</returns>
    /// <exception cref="IOException">The process has no file descriptors left. The socket is unchanged.</exception>
    public static int TakeOver(Socket socket)
    {
        var descriptor = Libc.fcntl((int)socket.Handle, DuplicateCloseOnExec, 0);
        if (descriptor < 0)
            throw Errno.ToException(Errno.Last);
        socket.Dispose();
        // The disposal has made the connection blocking.
        _ = Libc.fcntl(descriptor, SetFlags, NonBlocking);
        return descriptor;
    }

    /// <summary>Returns the local address, or null if it cannot be read.</summary>
    public static EndPoint? LocalEndPoint(int descriptor)
    {
        var address = stackalloc byte[AddressLength];
        var length = AddressLength;
        return Libc.getsockname(descriptor, address, &length) < 0 ? null : ToEndPoint(new ReadOnlySpan<byte>(address, length));
    }

    /// <summary>Shuts down the sending side.</summary>
    public static void ShutdownSend(int descriptor) => _ = Libc.shutdown(descriptor, SendDirection);

    /// <summary>Shuts down both directions. The descriptor stays open.</summary>
    public static void ShutdownBoth(int descriptor) => _ = Libc.shutdown(descriptor, BothDirections);

    /// <summary>Sets the size of the system's send buffer.</summary>
    public static void SetSendBuffer(int descriptor, int bytes) => _ = Libc.setsockopt(descriptor, SocketLevel, SendBuffer, &bytes, sizeof(int));

    /// <summary>Sets the time after which the system ends a TCP connection whose peer acknowledges no bytes or keeps its window closed.</summary>
    public static void SetUserTimeout(Socket socket, TimeSpan timeout)
    {
        var milliseconds = (int)timeout.TotalMilliseconds;
        socket.SetRawSocketOption(TcpLevel, TcpUserTimeout, new ReadOnlySpan<byte>(&milliseconds, sizeof(int)));
    }

    /// <summary>
    /// Closes the descriptor. The system still sends its buffer while the peer acknowledges bytes, and gives up after <paramref name="linger"/>
    /// without an acknowledgement.
    /// </summary>
    public static void Close(int descriptor, TimeSpan linger)
    {
        var milliseconds = (int)linger.TotalMilliseconds;
        // The call fails for a Unix domain socket, which does not need it: the peer already has its bytes.
        if (milliseconds > 0)
            _ = Libc.setsockopt(descriptor, TcpLevel, TcpUserTimeout, &milliseconds, sizeof(int));
        _ = Libc.close(descriptor);
    }

    /// <summary>Closes the descriptor with a reset. The system drops unsent bytes.</summary>
    public static void Reset(int descriptor)
    {
        // Linger is on, with a time of 0.
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
    /// Returns the address of a Unix domain socket. A path ends with NUL, and an abstract name begins with NUL. Returns null for an unbound socket, and for a name that the runtime's endpoint cannot
    /// hold: a peer chooses its own name, which may not be UTF-8 or may fill the last byte.
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
