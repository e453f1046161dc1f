namespace TPacket.WebSockets.Compression;

/// <summary>
/// The client's side of the negotiation of permessage-deflate (RFC 7692, sections 5 and 7.1): writes one offer and reads the server's response to it.
/// </summary>
internal static class ClientNegotiation
{
    /// <summary>Writes the value of the request's <c>Sec-WebSocket-Extensions</c> header.</summary>
    /// <param name="destination">A buffer of at least <see cref="DeflateElementWriter.MaxLength"/> bytes.</param>
    /// <param name="options">The client's options.</param>
    /// <returns>Number of bytes written.</returns>
    public static int WriteOffer(Span<byte> destination, DeflateOptions options)
    {
        var writer = new DeflateElementWriter(destination);
        if (!options.ServerContextTakeover)
            writer.Append(DeflateElement.ServerNoContextTakeoverName);
        if (!options.ClientContextTakeover)
            writer.Append(DeflateElement.ClientNoContextTakeoverName);
        if (options.ServerMaxWindowBits < DeflateOptions.MaxWindowBits)
            writer.Append(DeflateElement.ServerMaxWindowBitsName, options.ServerMaxWindowBits);
        // The parameter is always present, since the client can use any window that the server requests. A value hints at the largest window that the client will use.
        if (options.ClientMaxWindowBits < DeflateOptions.MaxWindowBits)
            writer.Append(DeflateElement.ClientMaxWindowBitsName, options.ClientMaxWindowBits);
        else
            writer.Append(DeflateElement.ClientMaxWindowBitsName);
        return writer.Length;
    }

    /// <summary>
    /// Reads the server's response to the offer that was written with the same options. A response without the header declines the offer and is
    /// not passed to this method.
    /// </summary>
    /// <param name="response">The value of the response's <c>Sec-WebSocket-Extensions</c> header; the values of repeated headers are joined with commas.</param>
    /// <param name="options">The options of the offer.</param>
    /// <param name="parameters">The negotiated parameters.</param>
    /// <returns><see cref="NegotiationStatus.Agreed"/>, or <see cref="NegotiationStatus.Malformed"/> if the response does not accept the offer.</returns>
    public static NegotiationStatus ReadResponse(ReadOnlySpan<byte> response, DeflateOptions options, out DeflateParameters parameters)
    {
        parameters = default;
        var reader = new ExtensionHeaderReader(response);
        DeflateElement answer = default;
        if (reader.Read() != ExtensionHeaderPart.Extension || !reader.Name.SequenceEqual(DeflateElement.ExtensionName))
            return NegotiationStatus.Malformed;
        ExtensionHeaderPart part;
        while ((part = reader.Read()) == ExtensionHeaderPart.Parameter)
            answer.Take(reader);
        // The client has offered one extension, so the response must not name another.
        if (part != ExtensionHeaderPart.End || !Answers(answer, options))
            return NegotiationStatus.Malformed;
        parameters = new DeflateParameters(
            options.ServerContextTakeover && !answer.ServerNoContextTakeover,
            options.ClientContextTakeover && !answer.ClientNoContextTakeover,
            answer.ServerMaxWindowBits ?? DeflateOptions.MaxWindowBits,
            answer.ClientMaxWindowBits ?? options.ClientMaxWindowBits);
        return NegotiationStatus.Agreed;
    }

    /// <summary>
    /// Returns whether the response accepts the offer (section 7.1): it must repeat the offer's constraints of the server, and may constrain the
    /// client only within the offer.
    /// </summary>
    private static bool Answers(in DeflateElement answer, DeflateOptions options)
    {
        if (answer.IsInvalid)
            return false;
        if (!options.ServerContextTakeover && !answer.ServerNoContextTakeover)
            return false;
        if (options.ServerMaxWindowBits < DeflateOptions.MaxWindowBits && !(answer.ServerMaxWindowBits <= options.ServerMaxWindowBits))
            return false;
        return !answer.HasClientMaxWindowBits || answer.ClientMaxWindowBits <= options.ClientMaxWindowBits;
    }
}
