using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using TPacket.Server.Rooms;

namespace TPacket.Server.Invitations;

/// <summary>
/// Signs and verifies invitations. An invitation consists of the room's name, a line feed and a token in Base64Url. The token is the expiry
/// time (seconds since the Unix epoch, 8 bytes, little-endian) and the first 16 bytes of HMAC-SHA-256 over the expiry time and the name.
/// </summary>
internal sealed class InvitationKey(InvitationOptions options, TimeProvider timeProvider) : IInvitations
{
    /// <summary>Separates the name from the token. Room names contain no control characters.</summary>
    public const byte Separator = (byte)'\n';

    /// <summary>The longest validity of an invitation.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(3_650);

    private const int EndSize = sizeof(long);
    private const int TagSize = 16;
    private const int NameDigits = 20;

    private readonly byte[] _key = options.Key is { } key ? key.ToArray() : RandomNumberGenerator.GetBytes(32);

    /// <inheritdoc/>
    public bool IsPrivate(string room) => room.StartsWith(options.RoomPrefix, StringComparison.Ordinal);

    /// <inheritdoc/>
    public string NewRoom() => options.RoomPrefix + RandomNumberGenerator.GetHexString(NameDigits, lowercase: true);

    /// <inheritdoc/>
    public string Invite(string room, TimeSpan duration)
    {
        ArgumentNullException.ThrowIfNull(room);
        if (!IsPrivate(room) || !RoomName.IsValid(room))
            throw new ArgumentException("The room is not private, or its name is invalid.", nameof(room));
        if (duration < TimeSpan.FromSeconds(1) || duration > Longest)
            throw new ArgumentOutOfRangeException(nameof(duration), duration, "An invitation must be valid for 1 s to 3,650 days.");
        Span<byte> token = stackalloc byte[EndSize + TagSize];
        BinaryPrimitives.WriteInt64LittleEndian(token, (long)Math.Ceiling((timeProvider.GetUtcNow() + duration - DateTimeOffset.UnixEpoch).TotalSeconds));
        Sign(token[..EndSize], Encoding.UTF8.GetBytes(room), token[EndSize..]);
        return $"{room}{(char)Separator}{Base64Url.EncodeToString(token)}";
    }

    /// <summary>Returns whether an invitation is valid for a room and has not expired.</summary>
    /// <param name="room">The name of the room in UTF-8.</param>
    /// <param name="rest">The token: the bytes behind the separator.</param>
    public bool Admits(ReadOnlySpan<byte> room, ReadOnlySpan<byte> rest)
    {
        Span<byte> token = stackalloc byte[EndSize + TagSize];
        if (rest.Length != Base64Url.GetEncodedLength(token.Length) || !Base64Url.TryDecodeFromUtf8(rest, token, out var length) || length != token.Length)
            return false;
        Span<byte> tag = stackalloc byte[TagSize];
        Sign(token[..EndSize], room, tag);
        return CryptographicOperations.FixedTimeEquals(tag, token[EndSize..])
            && timeProvider.GetUtcNow().ToUnixTimeSeconds() < BinaryPrimitives.ReadInt64LittleEndian(token);
    }

    private void Sign(ReadOnlySpan<byte> end, ReadOnlySpan<byte> room, Span<byte> tag)
    {
        var signed = new byte[end.Length + room.Length];
        end.CopyTo(signed);
        room.CopyTo(signed.AsSpan(end.Length));
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, signed, hash);
        hash[..TagSize].CopyTo(tag);
    }
}
