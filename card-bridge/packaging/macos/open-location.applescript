-- macOS hands an address of the scheme to a bundle as an Apple event, never as an argument: this hands it on as one.
on open location theAddress
	set theBridge to POSIX path of (path to me) & "Contents/MacOS/signet-card-bridge"
	do shell script quoted form of theBridge & " open " & quoted form of theAddress & " > /dev/null 2>&1 &"
end open location
