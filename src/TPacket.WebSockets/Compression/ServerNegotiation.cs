namespace TPacket.WebSockets.Compression;

/// <summary>The server's side of the negotiation of permessage-deflate (RFC 7692, sections 5 and 7.1).</summary>
internal static class ServerNegotiation
{
    /// <summary>Accepts the first offer that can be accepted.</summary>
    /// <param name="offers">The value of the request's Sec-WebSocket-Extensions; of several headers, the values joined with commas.</param>
    /// <param name="options">What the server accepts.</param>
    /// <param name="response">For the value of the response's header, when agreed: <see cref="DeflateElementWriter.MaxLength"/> bytes.</param>
    /// <param name="length">How many bytes of it were written.</param>
    /// <param name="parameters">What was agreed to, when agreed.</param>
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

            // The last element has ended. What follows an offer that is accepted is still read: a header that is malformed at its end is malformed.
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
        Math.Min(options.ServerMaxWindowBits, offer.ServerMaxWindowBits ?? DeflateOptions.LargestWindowBits),
        // A client that does not let itself be asked takes what window it likes (section 7.1.2.2).
        offer.HasClientMaxWindowBits
            ? Math.Min(options.ClientMaxWindowBits, offer.ClientMaxWindowBits ?? DeflateOptions.LargestWindowBits)
            : DeflateOptions.LargestWindowBits);

    /// <summary>Says what has to be said for the agreement to hold, and that the server takes nothing over, which frees the client of keeping its window.</summary>
    private static int WriteResponse(Span<byte> destination, in DeflateElement offer, DeflateOptions options, in DeflateParameters parameters)
    {
        var writer = new DeflateElementWriter(destination);
        if (!parameters.ServerContextTakeover)
            writer.Append(DeflateElement.ServerNoContextTakeoverName);
        if (!parameters.ClientContextTakeover)
            writer.Append(DeflateElement.ClientNoContextTakeoverName);
        if (offer.ServerMaxWindowBits is not null)
            writer.Append(DeflateElement.ServerMaxWindowBitsName, parameters.ServerMaxWindowBits);
        // A value that the client has named is no more than a hint (section 7.1.2.2), but .NET's client fails a connection whose server does not confirm it.
        if (offer.ClientMaxWindowBits is not null || (offer.HasClientMaxWindowBits && options.ClientMaxWindowBits < DeflateOptions.LargestWindowBits))
            writer.Append(DeflateElement.ClientMaxWindowBitsName, parameters.ClientMaxWindowBits);
        return writer.Length;
    }
}
