namespace TPacket.WebSockets.Compression;

/// <summary>The client's side of the negotiation of permessage-deflate (RFC 7692, sections 5 and 7.1): one offer, and the judgement of its answer.</summary>
internal static class ClientNegotiation
{
    /// <summary>Writes the value of the request's Sec-WebSocket-Extensions.</summary>
    /// <param name="destination">For <see cref="DeflateElementWriter.MaxLength"/> bytes.</param>
    /// <param name="options">What the client offers.</param>
    /// <returns>How many bytes were written.</returns>
    public static int WriteOffer(Span<byte> destination, DeflateOptions options)
    {
        var writer = new DeflateElementWriter(destination);
        if (!options.ServerContextTakeover)
            writer.Append(DeflateElement.ServerNoContextTakeoverName);
        if (!options.ClientContextTakeover)
            writer.Append(DeflateElement.ClientNoContextTakeoverName);
        if (options.ServerMaxWindowBits < DeflateOptions.LargestWindowBits)
            writer.Append(DeflateElement.ServerMaxWindowBitsName, options.ServerMaxWindowBits);
        // Always there, because any window can be kept to; without a value where nothing is to be hinted at.
        if (options.ClientMaxWindowBits < DeflateOptions.LargestWindowBits)
            writer.Append(DeflateElement.ClientMaxWindowBitsName, options.ClientMaxWindowBits);
        else
            writer.Append(DeflateElement.ClientMaxWindowBitsName);
        return writer.Length;
    }

    /// <summary>Judges the answer to the offer of the same options. A response without the header has declined it, and is not shown to this.</summary>
    /// <param name="response">The value of the response's Sec-WebSocket-Extensions; of several headers, the values joined with commas.</param>
    /// <param name="options">What was offered.</param>
    /// <param name="parameters">What was agreed to, when agreed.</param>
    /// <returns>Agreed; or malformed, when the response is anything else than an answer to the offer.</returns>
    public static NegotiationStatus Judge(ReadOnlySpan<byte> response, DeflateOptions options, out DeflateParameters parameters)
    {
        parameters = default;
        var reader = new ExtensionHeaderReader(response);
        DeflateElement answer = default;
        if (reader.Read() != ExtensionHeaderPart.Extension || !reader.Name.SequenceEqual(DeflateElement.ExtensionName))
            return NegotiationStatus.Malformed;
        ExtensionHeaderPart part;
        while ((part = reader.Read()) == ExtensionHeaderPart.Parameter)
            answer.Take(reader);
        // A second extension, whichever it is, was not offered.
        if (part != ExtensionHeaderPart.End || !Answers(answer, options))
            return NegotiationStatus.Malformed;
        parameters = new DeflateParameters(
            options.ServerContextTakeover && !answer.ServerNoContextTakeover,
            options.ClientContextTakeover && !answer.ClientNoContextTakeover,
            answer.ServerMaxWindowBits ?? DeflateOptions.LargestWindowBits,
            answer.ClientMaxWindowBits ?? options.ClientMaxWindowBits);
        return NegotiationStatus.Agreed;
    }

    /// <summary>Whether the server has accepted the offer in the way of section 7.1: what binds it, it repeats; what binds the client is not more than the client has offered.</summary>
    private static bool Answers(in DeflateElement answer, DeflateOptions options)
    {
        if (answer.IsInvalid)
            return false;
        if (!options.ServerContextTakeover && !answer.ServerNoContextTakeover)
            return false;
        if (options.ServerMaxWindowBits < DeflateOptions.LargestWindowBits && !(answer.ServerMaxWindowBits <= options.ServerMaxWindowBits))
            return false;
        return !answer.HasClientMaxWindowBits || answer.ClientMaxWindowBits <= options.ClientMaxWindowBits;
    }
}
