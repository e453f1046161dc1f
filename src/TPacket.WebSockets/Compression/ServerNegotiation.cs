namespace TPacket.WebSockets.Compression;

/// <summary>The server's side of the negotiation of permessage-deflate (RFC 7692, sections 5 and 7.1).</summary>
internal static class ServerNegotiation
{
    /// <summary>Accepts the first valid offer.</summary>
    /// <param name="offers">The value of the request's <c>Sec-WebSocket-Extensions</c> header; the values of repeated headers are joined with commas.</param>
    /// <param name="options">The server's options.</param>
    /// <param name="response">A buffer of at least <see cref="DeflateElementWriter.MaxLength"/> bytes for the value of the response's header.</param>
    /// <param name="length">Number of bytes written to <paramref name="response"/>.</param>
    /// <param name="parameters">The negotiated parameters.</param>
    public static NegotiationStatus Accept(
        ReadOnlySpan<byte> offers, DeflateOptions options, Span<byte> response, out int length, out DeflateParameters parameters)
    {
        length = 0;
        parameters = default;
        var reader = new ExtensionHeaderReader(offers);
        DeflateElement offer = default;
        var reading = false;
        var accepted = false;
        while (true)
        {
            var part = reader.Read();
            if (part == ExtensionHeaderPart.Parameter)
            {
                if (reading)
                    offer.Take(reader);
                continue;
            }

            // The element is complete. The rest of the header is read even after a valid offer, since it may be malformed.
            accepted |= reading && !offer.IsInvalid;
            switch (part)
            {
                case ExtensionHeaderPart.Malformed:
                    return NegotiationStatus.Malformed;
                case ExtensionHeaderPart.End when !accepted:
                    return NegotiationStatus.Declined;
                case ExtensionHeaderPart.End:
                    parameters = Agree(offer, options);
                    length = WriteResponse(response, offer, options, parameters);
                    return NegotiationStatus.Agreed;
            }

            reading = !accepted && reader.Name.SequenceEqual(DeflateElement.ExtensionName);
            if (reading)
                offer = default;
        }
    }

    private static DeflateParameters Agree(in DeflateElement offer, DeflateOptions options) => new(
        options.ServerContextTakeover && !offer.ServerNoContextTakeover,
        options.ClientContextTakeover && !offer.ClientNoContextTakeover,
        Math.Min(options.ServerMaxWindowBits, offer.ServerMaxWindowBits ?? DeflateOptions.MaxWindowBits),
        // The server must not constrain a client that has not sent client_max_window_bits (section 7.1.2.2).
        offer.HasClientMaxWindowBits
            ? Math.Min(options.ClientMaxWindowBits, offer.ClientMaxWindowBits ?? DeflateOptions.MaxWindowBits)
            : DeflateOptions.MaxWindowBits);

    /// <summary>
    /// Writes the parameters that section 7.1 requires, and <c>server_no_context_takeover</c> whenever it applies, since the client then need
    /// not keep a decompressor.
    /// </summary>
    private static int WriteResponse(Span<byte> destination, in DeflateElement offer, DeflateOptions options, in DeflateParameters parameters)
    {
        var writer = new DeflateElementWriter(destination);
        if (!parameters.ServerContextTakeover)
            writer.Append(DeflateElement.ServerNoContextTakeoverName);
        if (!parameters.ClientContextTakeover)
            writer.Append(DeflateElement.ClientNoContextTakeoverName);
        if (offer.ServerMaxWindowBits is not null)
            writer.Append(DeflateElement.ServerMaxWindowBitsName, parameters.ServerMaxWindowBits);
        // A value in the offer is only a hint (section 7.1.2.2), but .NET's client fails the connection if the server does not confirm it.
        if (offer.ClientMaxWindowBits is not null || (offer.HasClientMaxWindowBits && options.ClientMaxWindowBits < DeflateOptions.MaxWindowBits))
            writer.Append(DeflateElement.ClientMaxWindowBitsName, parameters.ClientMaxWindowBits);
        return writer.Length;
    }
}
