using System.Buffers.Binary;
using System.Security.Cryptography;

namespace TPacket.Server;

/// <summary>The SHA-256 hash of a secret, so that a store can recognize the secret without knowing it. Comparisons take constant time.</summary>
public readonly struct SecretHash : IEquatable<SecretHash>
{
    /// <summary>The length in bytes.</summary>
    public const int Size = SHA256.HashSizeInBytes;

    private readonly ulong _first;
    private readonly ulong _second;
    private readonly ulong _third;
    private readonly ulong _fourth;

    private SecretHash(ReadOnlySpan<byte> hash)
    {
        _first = BinaryPrimitives.ReadUInt64LittleEndian(hash);
        _second = BinaryPrimitives.ReadUInt64LittleEndian(hash[8..]);
        _third = BinaryPrimitives.ReadUInt64LittleEndian(hash[16..]);
        _fourth = BinaryPrimitives.ReadUInt64LittleEndian(hash[24..]);
    }

    /// <summary>Returns whether two hashes are equal.</summary>
    public static bool operator ==(SecretHash left, SecretHash right) => left.Equals(right);

    /// <summary>Returns whether two hashes differ.</summary>
    public static bool operator !=(SecretHash left, SecretHash right) => !left.Equals(right);

    /// <summary>Computes the hash of a secret.</summary>
    public static SecretHash Of(ReadOnlySpan<byte> secret)
    {
        Span<byte> hash = stackalloc byte[Size];
        SHA256.HashData(secret, hash);
        return new SecretHash(hash);
    }

    /// <summary>Reads a hash.</summary>
    /// <param name="source">At least <see cref="Size"/> bytes; the rest is ignored.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer bytes.</exception>
    public static SecretHash Read(ReadOnlySpan<byte> source) => new(source[..Size]);

    /// <summary>Writes the hash.</summary>
    /// <param name="destination">At least <see cref="Size"/> bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer bytes.</exception>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(destination, _first);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[8..], _second);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[16..], _third);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[24..], _fourth);
    }

    /// <inheritdoc/>
    public bool Equals(SecretHash other) => ((_first ^ other._first) | (_second ^ other._second) | (_third ^ other._third) | (_fourth ^ other._fourth)) == 0;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is SecretHash other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _first.GetHashCode();

    /// <summary>Returns the name of the type, so that logs do not contain the hash.</summary>
    public override string ToString() => nameof(SecretHash);
}
